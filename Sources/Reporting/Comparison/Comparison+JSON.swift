import Basics
import Measurement

extension Comparison {
    /// The version of the layout of ``json()``.
    package static let currentSchema = 1

    /// The comparison as one JSON object; a missing value is null.
    ///
    /// `docs/schemas/comparison.schema.json` describes it.
    package func json() throws(ReportingError) -> String {
        let object: [String: JSONValue] = [
            "schema_version": .integer(Self.currentSchema),
            "a": a.json, "b": b.json,
            "threshold": .number(settings.threshold),
            "significance": .number(Decision.significance),
            "regression": .bool(hasRegression),
            "verdict": .string(verdict.rawValue),
            "differences": .array(
                differences.map {
                    .object([
                        "name": .string($0.name), "a": .string($0.a), "b": .string($0.b),
                        "weight": .string($0.weight.rawValue),
                    ])
                }),
            "metrics": .array(metrics.map(\.json)),
            "lost": .array(lost.map(\.json)),
            "not_compared": .array(leftOut.map(\.json)),
        ]
        return try jsonText(object, pretty: true) + "\n"
    }
}

extension Comparison.LeftOut {
    fileprivate var json: JSONValue {
        .object(["id": .string(id), "reason": .string(reason.en)])
    }
}

extension ComparisonSide {
    fileprivate var json: JSONValue {
        .object([
            "path": .string(path), "source": .string(source.rawValue),
            "notes": .array(notes.map { .string($0.en) }),
        ])
    }
}

extension MetricComparison {
    fileprivate var json: JSONValue {
        .object([
            "metric": .string(metric.rawValue),
            "cells": .array(cells.map(\.json)),
            "geometric_mean": geometricMean.json,
        ])
    }
}

extension CellComparison {
    fileprivate var json: JSONValue {
        .object([
            "id": .string(id), "outcome": .string(outcomeName),
            "reason": whyOpen.map { .string($0.en) } ?? .null,
            "speed": speed.json,
            "repetitions_left": repetitionsLeft.map(JSONValue.integer) ?? .null,
            "p_value": JSONValue(pValue), "adjusted_p_value": JSONValue(adjustedPValue),
            "median_a": .number(a.median), "median_b": .number(b.median),
            "repetitions_a": .integer(a.count), "repetitions_b": .integer(b.count),
        ])
    }
}

extension RatioInterval? {
    /// B's speed over A's.
    fileprivate var json: JSONValue {
        guard let self else { return .null }
        return .object([
            "ratio": .number(self.ratio), "low": JSONValue(self.interval?.low),
            "high": JSONValue(self.interval?.high),
        ])
    }
}

extension JSONValue {
    fileprivate init(_ number: Double?) {
        self = number.map(JSONValue.number) ?? .null
    }
}
