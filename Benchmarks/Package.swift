// swift-tools-version: 6.2

import PackageDescription

// Microbenchmarks: apart from the suite itself, so that building it fetches nothing that it does not need.
let package = Package(
    name: "tokenmark-benchmarks",
    dependencies: [
        .package(name: "tokenmark", path: ".."),
        // Without its traits: they count allocations by replacing malloc, which changes what is measured.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "TimingPoints",
            dependencies: [
                .product(name: "Basics", package: "tokenmark"),
                .product(name: "Measurement", package: "tokenmark"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/TimingPoints",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .executableTarget(
            name: "Products",
            dependencies: [
                .product(name: "Kernels", package: "tokenmark"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Products",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}
