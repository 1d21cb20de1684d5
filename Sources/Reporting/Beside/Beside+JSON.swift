import Basics
import Measurement

extension Beside {
    /// The comparison as a part of a report's JSON; what is missing is null.
    var json: JSONValue {
        let differing = Set(differences.map(\.circumstance))
        let circumstances = Circumstance.allCases.map { circumstance in
            (
                circumstance.rawValue,
                JSONValue.object([
                    "ours": JSONValue(ours.circumstances[circumstance]),
                    "theirs": JSONValue(theirs.circumstances[circumstance]),
                    "same": .bool(!differing.contains(circumstance)),
                ])
            )
        }
        return .object([
            "path": .string(theirs.path), "title": .string(theirs.title),
            "circumstances": .object(Dictionary(uniqueKeysWithValues: circumstances)),
            "notes": .array(theirs.notes.map { .string($0.en) }),
            "cells": .array(pairs.map(\.json)),
        ])
    }
}

extension Beside.Pair {
    fileprivate var json: JSONValue {
        .object([
            "batch": .integer(shape.batch), "input_tokens": .integer(shape.inputLength),
            "output_tokens": .integer(shape.outputLength), "setting": JSONValue(setting),
            "ours": ours?.json ?? .null, "theirs": theirs?.json ?? .null,
            "speed": .object(
                Dictionary(
                    uniqueKeysWithValues: PublishedMetric.allCases.map {
                        ($0.rawValue, speed($0).map(JSONValue.number) ?? .null)
                    })),
        ])
    }
}

extension PublishedCell {
    fileprivate var json: JSONValue {
        var object: [String: JSONValue] = [
            "status": .string(status), "reason": JSONValue(reason), "invalid": .bool(isInvalid),
        ]
        for metric in PublishedMetric.allCases {
            object["\(metric.rawValue)_\(metric.unit)"] =
                values[metric].map(JSONValue.number) ?? .null
        }
        return .object(object)
    }
}

extension JSONValue {
    fileprivate init(_ text: String?) {
        self = text.map(JSONValue.string) ?? .null
    }
}
