import Foundation
import Reporting
import Sweep
import TestSupport
import Testing

/// What a run is called by, from a command line and from a file.
struct LabelsTests {
    private let directory = TemporaryDirectory()

    @Test func aLabelIsAKeyAndAValue() throws {
        let labels = try Labels(["branch=main", "build/Host.1-x_y=a=b, 中文 ", "0=1"])
        #expect(labels.values == ["branch": "main", "build/Host.1-x_y": "a=b, 中文 ", "0": "1"])
        #expect(labels.text == "0=1, branch=main, build/Host.1-x_y=a=b, 中文 ")
        #expect(try Labels([String]()).isEmpty)
        #expect(try Labels(["\(String(repeating: "k", count: 63))=v"]).values.count == 1)
        #expect(try Labels(["k=\(String(repeating: "v", count: 256))"]).values.count == 1)
    }

    @Test(arguments: [
        ("branch", "\"branch\" is no label; write key=value"), ("", "\"\" is no label"),
        ("=main", "\"\" is no key of a label"), ("-a=b", "\"-a\" is no key"),
        ("a b=c", "\"a b\" is no key"), ("naïve=c", "\"naïve\" is no key"),
        ("a'; DROP TABLE runs; --=c", "is no key"), ("a=", "the label a has the value \"\""),
        ("a=b\nc", "the label a has the value \"b\u{FFFD}c\""), ("a=\u{0}", "1 to 256 bytes"),
        ("a=\u{1B}[31m", "without control characters"), ("a=b\u{2028}c", "the label a"),
        ("a\u{7}=c", "\"a\u{FFFD}\" is no key"),
    ])
    func whatIsNoLabelIsNamed(_ text: String, _ says: String) {
        let fault = #expect(throws: Labels.Fault.self) { try Labels([text]) }
        #expect(fault?.description.contains(says) == true, "\(fault?.description ?? "")")
        #expect(fault?.description.contains("\n") == false)
    }

    @Test func tooLongTooManyAndTwiceAreRefused() {
        for texts in [
            ["\(String(repeating: "k", count: 64))=v"], ["k=\(String(repeating: "v", count: 257))"],
            (0...64).map { "k\($0)=v" }, ["a=1", "b=2", "a=1"],
        ] as [[String]] {
            let fault = #expect(throws: Labels.Fault.self) { try Labels(texts) }
            #expect((fault?.description.count ?? 0) < 200)
        }
        let fault = #expect(throws: Labels.Fault.self) { try Labels(["a=1", "a=2"]) }
        #expect(fault?.description == "the label \"a\" comes twice")
    }

    @Test func aManifestKeepsThem() throws {
        var manifest = ScriptedSweep().manifest
        #expect(try !manifest.json().contains("labels"))
        manifest.labels = try Labels(["b=2", "a=1"])
        let json = try manifest.json()
        #expect(json.contains("\"labels\" : {\n    \"a\" : \"1\",\n    \"b\" : \"2\"\n  },"))
        #expect(try JSONDecoder().decode(Manifest.self, from: Data(json.utf8)) == manifest)
    }

    /// A manifest may come from anywhere.
    @Test(arguments: [
        #"{"a\n": "b"}"#, #"{"a": "\u001b[31m"}"#, #"{"a": 1}"#, #"{"a": ""}"#, "[]", "7",
    ])
    func aManifestWithOthersIsRefused(_ labels: String) throws {
        var manifest = ScriptedSweep().manifest
        manifest.labels = try Labels(["a=1"])
        let json = try manifest.json().replacing(
            "{\n    \"a\" : \"1\"\n  }", with: labels)
        #expect(json.contains(labels))
        directory.write(json, to: "manifest.json")
        let error = #expect(throws: ReportingError.self) {
            try Manifest(directory: directory.path)
        }
        #expect(error?.description.contains("labels") == true)
    }

    @Test func whoGoesOnAddsToThem() throws {
        var before = ScriptedSweep().manifest
        before.labels = try Labels(["a=1", "b=2"])
        try before.write(to: directory.path)
        var after = ScriptedSweep().manifest
        #expect(try after.continuing(in: directory.path).labels == before.labels)
        after.labels = try Labels(["b=3", "c=4"])
        #expect(
            try after.continuing(in: directory.path).labels == Labels(["a=1", "b=3", "c=4"]))
        after.labels = try Labels((0..<64).map { "k\($0)=v" })
        let error = #expect(throws: ReportingError.self) {
            try after.continuing(in: directory.path)
        }
        #expect(error?.description.contains("more than 64 labels") == true)
    }
}
