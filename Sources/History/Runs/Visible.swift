/// A text from elsewhere with its control characters replaced: a terminal would obey them.
package func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        result.unicodeScalars.append(
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return result
}
