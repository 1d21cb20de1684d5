/// Who made the CPU and what it is called, as `/proc/cpuinfo` tells of the first one.
struct CPUIdentity {
    /// `GenuineIntel`; on ARM the number of the implementer, `0x41`.
    let vendor: String?
    /// `AMD EPYC 9654`; on ARM the number of the part, `part 0xd40`.
    let model: String?
    /// The revision of the microcode, `0x2b000461`.
    let microcode: String?
    /// Whether the CPU says that it is virtual; nil where it does not tell.
    let isVirtual: Bool?

    init(files: SystemFiles) {
        let lines = files.lines("proc/cpuinfo") ?? []
        let part = files.value(of: "CPU part", in: lines).map { "part \($0)" }
        vendor =
            files.value(of: "vendor_id", in: lines)
            ?? files.value(of: "CPU implementer", in: lines)
        model = files.value(of: "model name", in: lines) ?? part
        microcode = files.value(of: "microcode", in: lines)
        // The flag exists on x86 only.
        isVirtual = files.value(of: "flags", in: lines).map { flags in
            flags.split(separator: " ").contains("hypervisor")
        }
    }
}
