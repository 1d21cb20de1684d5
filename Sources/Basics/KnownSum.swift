/// The sum of two counts; nil where one of them is not known.
package func knownSum(_ one: Int?, _ other: Int?) -> Int? {
    guard let one, let other else { return nil }
    return one &+ other
}
