/// What a table must say of itself before its numbers mean anything beside others.
package enum Circumstance: String, CaseIterable, Sendable {
    case model
    case precision
    case hardware
    case software
    case method

    package func title(in language: Language) -> String {
        switch (self, language) {
        case (_, .en): rawValue
        case (.model, .zh): "模型"
        case (.precision, .zh): "权重精度"
        case (.hardware, .zh): "硬件"
        case (.software, .zh): "软件"
        case (.method, .zh): "测试方法"
        }
    }
}
