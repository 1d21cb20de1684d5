/// What the kernel tells about the pages of an address range.
enum MemoryMaps {
    /// The bytes of `range` that lie on transparent huge pages.
    ///
    /// `smaps` are the lines of `/proc/self/smaps`: for each mapping one `start-end permissions …`
    /// and then some `key: value`.
    static func hugePageBytes(smaps: [Substring], range: Range<UInt>) -> Int {
        var total = 0
        var isInside = false
        for line in smaps {
            if line.hasPrefix("AnonHugePages:") {
                let words = line.split(separator: " ")
                if isInside, words.count == 3, let kibibytes = Int(words[1]) {
                    total += kibibytes * 1024
                }
            } else if let addresses = addresses(of: line) {
                isInside = addresses.overlaps(range)
            }
        }
        return total
    }

    /// The bytes that `range` has on each node.
    ///
    /// `numaMaps` are the lines of `/proc/self/numa_maps`, one for each mapping:
    /// `start policy anon=512 N0=256 N1=256 kernelpagesize_kB=4`.
    static func nodeBytes(numaMaps: [Substring], range: Range<UInt>) -> [Int: Int] {
        var total: [Int: Int] = [:]
        for line in numaMaps {
            let words = line.split(separator: " ")
            guard let first = words.first, let start = UInt(first, radix: 16),
                range.contains(start)
            else { continue }
            var pages: [Int: Int] = [:]
            var pageBytes = 0
            for word in words.dropFirst(2) {
                let pair = word.split(separator: "=")
                guard pair.count == 2, let value = Int(pair[1]) else { continue }
                if pair[0] == "kernelpagesize_kB" {
                    pageBytes = value * 1024
                } else if pair[0].first == "N", let node = Int(pair[0].dropFirst()) {
                    pages[node] = value
                }
            }
            for (node, count) in pages {
                total[node, default: 0] += count * pageBytes
            }
        }
        return total
    }

    /// The addresses of a mapping's first line; nil for any other line.
    private static func addresses(of line: Substring) -> Range<UInt>? {
        guard let word = line.split(separator: " ", maxSplits: 1).first else { return nil }
        let ends = word.split(separator: "-")
        guard ends.count == 2, let start = UInt(ends[0], radix: 16),
            let end = UInt(ends[1], radix: 16), start <= end
        else { return nil }
        return start..<end
    }
}
