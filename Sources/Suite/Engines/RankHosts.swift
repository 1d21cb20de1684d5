/// The hosts that ranks are spread over, in the order of ranks.
package struct RankHosts: Equatable, Sendable {
    package let names: [String]

    /// - Parameter text: such as `a,b`.
    /// - Throws: ``UsageError`` for a name that a launcher could read as something else, and one that is
    ///   given twice.
    package init(parsing text: String) throws(UsageError) {
        names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for (index, name) in names.enumerated() {
            let isName =
                name.first?.isLetter == true || name.first?.isNumber == true
                ? name.allSatisfy {
                    $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0))
                } : false
            guard isName else {
                throw UsageError(
                    "--hosts '\(name)' is no name or address of a host; write such as node1,node2")
            }
            guard !names[..<index].contains(name) else {
                throw UsageError(
                    "--hosts names \(name) twice; it has as many ranks as it must anyway")
            }
        }
    }

    /// As launchers of MPI take them: each with how many ranks it gets, in contiguous parts, the first ones
    /// one more where they do not divide evenly; no more hosts than ranks.
    static func text(of names: [String], ranks: Int) -> String {
        let used = names.prefix(ranks)
        return used.enumerated().map { index, name in
            "\(name):\(ranks / used.count + (index < ranks % used.count ? 1 : 0))"
        }.joined(separator: ",")
    }
}
