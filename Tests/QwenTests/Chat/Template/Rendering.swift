import JSON

@testable import Qwen

/// What a template gives for the variables of a JSON object.
func rendered(_ template: String, _ variables: JSON = [:]) throws -> String {
    // 2024-07-04, noon UTC.
    try Template(template).render(variables, time: 1_720_094_400)
}
