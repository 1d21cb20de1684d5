import Basics
import Sweep

extension Status {
    /// The word that stands for it.
    func word(in language: Language) -> String {
        switch self {
        case .ok: rawValue
        case .failed: language(en: rawValue, zh: "失败")
        case .skipped: language(en: rawValue, zh: "跳过")
        case .oom: language(en: rawValue, zh: "内存不足")
        case .timeout: language(en: rawValue, zh: "超时")
        case .crash: language(en: rawValue, zh: "崩溃")
        case .notRun: language(en: rawValue, zh: "未运行")
        }
    }
}
