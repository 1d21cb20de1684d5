import Basics

/// Titles and units that several tables of a page have.
extension Language {
    var cell: String { self(en: "cell", zh: "单元") }
    var verdict: String { self(en: "verdict", zh: "判定") }
    var reason: String { self(en: "reason", zh: "原因") }
    var setting: String { self(en: "setting", zh: "设置") }
    var tokens: String { self(en: "tokens", zh: "token") }
    var sequences: String { self(en: "batch, sequences", zh: "batch，序列数") }
    var predicted: String { self(en: "predicted", zh: "预测") }
    var peak: String { self(en: "peak", zh: "峰值") }
    var lengths: String { self(en: "input → output", zh: "输入 → 输出") }
}
