// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "tokenmark",
    products: [
        .executable(name: "tokenmark", targets: ["tokenmark"]),
        // For the nested package Benchmarks/, which times these alone.
        .library(name: "Basics", targets: ["Basics"]),
        .library(name: "Kernels", targets: ["Kernels"]),
        .library(name: "Measurement", targets: ["Measurement"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // The command line.
        .executableTarget(
            name: "tokenmark",
            dependencies: [
                "ModelServer", "Serving", "ServingAPI", "Wire", "Suite", "History", "Documents",
                "Reporting", "Charts", "Isolation", "Evaluation",
                "Sweep", "Profiling", "Measurement", "Qwen", "Machine", "Kernels", "Texts", "JSON",
                "Basics",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            plugins: ["Revision"]
        ),
        .plugin(name: "Revision", capability: .buildTool(), path: "Sources/Revision"),

        // Runs: an engine joined to a sweep, from settings to a report. Prints nothing.
        .target(
            name: "Suite",
            dependencies: [
                "Reporting", "Isolation", "Evaluation", "Sweep", "Profiling", "Measurement", "Qwen",
                "Machine", "Kernels", "Basics",
            ]
        ),

        // Requests of many clients at once over the core's steps. Knows no HTTP.
        .target(name: "Serving", dependencies: ["Qwen", "Measurement", "Machine", "Basics"]),

        // The benchmark: from a grid to a report. Never sees a model.
        .target(
            name: "Reporting",
            dependencies: [
                "Charts", "Sweep", "Profiling", "Measurement", "Texts", "Basics", "CLinuxShims",
            ],
            resources: [.embedInCode("Page/page.css"), .embedInCode("Page/page.js")]
        ),
        .target(name: "Charts", resources: [.embedInCode("charts.css")]),
        .target(name: "Isolation", dependencies: ["Sweep", "Measurement", "Basics"]),
        .target(name: "Documents", dependencies: ["Evaluation", "Reporting", "Sweep"]),
        .target(name: "Evaluation", dependencies: ["Reporting", "Texts"]),
        .target(name: "Sweep", dependencies: ["Measurement", "Texts", "Basics"]),
        .target(name: "Profiling", dependencies: ["Charts", "Measurement", "Basics"]),
        .target(name: "Measurement", dependencies: ["Basics"]),

        // Files that people give: what they are, and their text.
        .target(name: "Texts"),

        // JSON as a value: read strictly, written.
        .target(name: "JSON"),

        // A clock, a seeded generator, a mark of bytes, two languages: each defined here alone.
        .target(name: "Basics"),

        // Results of many runs in one database. Alone imports GRDB.
        .target(
            name: "History",
            dependencies: [
                "Reporting", "Charts", "Sweep", "Measurement", "Basics",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),

        // HTTP/1.1 and server-sent events. Alone imports swift-nio. Never sees a model or a sweep.
        .target(
            name: "Wire",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        // What clients of OpenAI's API send and read, as JSON. Never sees a socket.
        .target(name: "ServingAPI", dependencies: ["JSON"]),

        // A model behind that API: requests into the engine, its events out.
        .target(
            name: "ModelServer",
            dependencies: ["Serving", "ServingAPI", "Wire", "Qwen", "Machine", "JSON", "Basics"]
        ),

        // The inference core. Never sees a benchmark.
        .target(name: "Qwen", dependencies: ["Kernels", "Machine", "Texts", "JSON", "Basics"]),
        .target(name: "Kernels", dependencies: ["CKernels", "Basics"]),
        .target(name: "CKernels"),

        // The machine underneath.
        .target(name: "Machine", dependencies: ["CNuma", "CLinuxShims", "Basics"]),
        .target(name: "CLinuxShims"),
        .systemLibrary(name: "CNuma", pkgConfig: "numa", providers: [.apt(["libnuma-dev"])]),

        // One test target per source target.
        .target(
            name: "TestSupport",
            dependencies: ["Sweep", "Measurement", "Basics", "CLinuxShims"],
            path: "Tests/TestSupport"
        ),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .target(name: "ForbiddenCalls", path: "Tests/ForbiddenCalls"),
        .target(
            name: "TileEmulator",
            dependencies: ["CKernels"],
            path: "Tests/TileEmulator",
            cSettings: [.headerSearchPath("../../Sources/CKernels")]
        ),
        .target(
            name: "PortableKernels",
            dependencies: ["CKernels"],
            path: "Tests/PortableKernels",
            cSettings: [
                .headerSearchPath("../../Sources/CKernels"), .headerSearchPath("../TileEmulator"),
            ]
        ),
        .testTarget(
            name: "KernelsTests",
            dependencies: [
                "Kernels", "CKernels", "TileEmulator", "PortableKernels", "TestSupport", "Basics",
            ]
        ),
        .target(
            name: "RecordedMachines",
            dependencies: ["Machine"],
            path: "Tests/RecordedMachines",
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "MachineTests",
            dependencies: ["Machine", "RecordedMachines", "ForbiddenCalls", "TestSupport"]
        ),
        .testTarget(
            name: "QwenTests",
            dependencies: [
                "Qwen", "Machine", "Kernels", "JSON", "Basics", "AllocationCounter", "TestSupport",
            ],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "BasicsTests", dependencies: ["Basics"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "ServingAPITests", dependencies: ["ServingAPI", "JSON"]),
        .executableTarget(
            name: "stream-cost",
            dependencies: ["Wire", "ServingAPI", "SocketClient", "Basics"],
            path: "Tests/StreamCost"
        ),
        .target(name: "SocketClient", path: "Tests/SocketClient"),
        .target(
            name: "EngineDouble", dependencies: ["Serving", "Qwen", "Basics"],
            path: "Tests/EngineDouble"),
        .testTarget(
            name: "ModelServerTests",
            dependencies: [
                "ModelServer", "Serving", "ServingAPI", "Wire", "Qwen", "JSON", "EngineDouble",
                "SocketClient",
            ]
        ),
        .testTarget(
            name: "WireTests",
            dependencies: ["Wire", "SocketClient", .product(name: "NIOCore", package: "swift-nio")]
        ),
        .testTarget(name: "ChartsTests", dependencies: ["Charts"]),
        .testTarget(name: "TextsTests", dependencies: ["Texts"]),
        .testTarget(
            name: "ProfilingTests",
            dependencies: ["Profiling", "Charts", "Measurement", "Basics", "TestSupport"]
        ),
        .testTarget(
            name: "MeasurementTests", dependencies: ["Measurement", "Basics", "TestSupport"]),
        .executableTarget(
            name: "scripted-worker",
            dependencies: ["Isolation", "Sweep", "TestSupport"],
            path: "Tests/ScriptedWorker"
        ),
        .testTarget(
            name: "IsolationTests",
            dependencies: ["Isolation", "Sweep", "Measurement", "scripted-worker", "TestSupport"]
        ),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents", "Sweep"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport"]),
        .testTarget(
            name: "SweepTests", dependencies: ["Sweep", "Measurement", "Basics", "TestSupport"]),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Reporting", "Charts", "Sweep", "Profiling", "Measurement", "Basics", "CLinuxShims",
                "TestSupport",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "HistoryTests",
            dependencies: [
                "History", "Reporting", "Sweep", "Measurement", "Basics", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "SuiteTests",
            dependencies: [
                "Suite", "Reporting", "Isolation", "Sweep", "Measurement", "Qwen", "Machine",
                "TestSupport",
            ]
        ),
        .testTarget(
            name: "ServingTests",
            dependencies: [
                "Serving", "EngineDouble", "Suite", "Qwen", "Measurement", "Machine", "Kernels",
                "Basics",
                "TestSupport",
            ]
        ),
        .testTarget(
            name: "TokenmarkTests",
            dependencies: [
                "tokenmark", "Suite", "Machine", "Reporting", "Evaluation", "Sweep", "Profiling",
                "Measurement", "Kernels", "Basics", "RecordedMachines", "ForbiddenCalls",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
    ],
    cLanguageStandard: .c11
)

// Fuzzers, for scripts/fuzz alone: they link against libFuzzer, which no other build needs.
if Context.environment["TOKENMARK_FUZZ"] != nil {
    package.targets += [
        .target(name: "Fuzzer", path: "Tests/Fuzzing/Fuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Fuzzer", "Documents", "Reporting", "Evaluation", "Sweep", "Measurement", "Qwen",
                "Machine", "ServingAPI", "JSON",
            ],
            path: "Tests/Fuzzing/fuzz"
        ),
    ]
}

// The ranks of a model, for those who have MPI alone: TOKENMARK_MPI is openmpi or mpich, by whose name
// pkg-config knows it. Nothing else links MPI.
if let library = Context.environment["TOKENMARK_MPI"] {
    package.products.append(
        .executable(name: "tokenmark-rank", targets: ["tokenmark-rank"]))
    package.targets += [
        .systemLibrary(
            name: "CMPI", pkgConfig: library == "mpich" ? "mpich" : "ompi-c",
            providers: [.apt(["libopenmpi-dev"])]),
        .executableTarget(
            name: "tokenmark-rank",
            dependencies: ["CMPI", "Suite", "Isolation", "Qwen", "Machine", "Basics"],
            plugins: ["Revision"]),
    ]
}

// The same strictness for every target; system libraries and plugins have no settings.
for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
    target.cSettings =
        (target.cSettings ?? []) + [
            .define("_GNU_SOURCE"),
            .enableWarning("all"),
            .enableWarning("extra"),
            .treatAllWarnings(as: .error),
        ]
}
