import Foundation
import PackagePlugin

/// Writes the version of the checkout into the program, so that two builds can be told apart.
///
/// The command depends on the sources and on what git knows of them: it runs again when either changes,
/// which a manifest that asks for the version does not, as manifests are cached by their text.
@main
struct RevisionPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let output = context.pluginWorkDirectoryURL.appending(path: "Revision.swift")
        return [
            .buildCommand(
                displayName: "Naming the version",
                executable: URL(filePath: "/bin/sh"),
                arguments: [
                    root.appending(path: "scripts/revision").path(), root.path(), output.path(),
                ],
                inputFiles: sources(below: root) + gitFiles(of: root),
                outputFiles: [output])
        ]
    }

    private func sources(below root: URL) -> [URL] {
        let files = FileManager.default.enumerator(
            at: root.appending(path: "Sources"), includingPropertiesForKeys: [.isRegularFileKey])
        return (files?.compactMap { $0 as? URL } ?? []).filter {
            (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
        } + [root.appending(path: "Package.swift")]
    }

    /// The files that a commit, a checkout, a staged change or a tag touches; none in a tarball.
    private func gitFiles(of root: URL) -> [URL] {
        var directory = root.appending(path: ".git")
        // In a further work tree it is a file that names the directory, and that one names what it shares.
        if let path = line(of: directory)?.trimmingPrefix("gitdir: ") {
            directory = URL(filePath: String(path), relativeTo: root).absoluteURL
        }
        let shared = line(of: directory.appending(path: "commondir"))
        let common = shared.map { directory.appending(path: $0) } ?? directory
        let files =
            ["HEAD", "index", "logs/HEAD"].map { directory.appending(path: $0) }
            + ["packed-refs", "refs/tags"].map { common.appending(path: $0) }
        return files.filter { FileManager.default.fileExists(atPath: $0.path()) }
    }

    /// The first line of a file; nil where there is none.
    private func line(of file: URL) -> String? {
        let text = try? String(contentsOf: file, encoding: .utf8)
        return text?.split(separator: "\n").first.map(String.init)
    }
}
