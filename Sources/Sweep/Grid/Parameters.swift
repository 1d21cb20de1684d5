/// Named values in the order of ``Parameter/all``, each at most once: a point, or the setting of the
/// machine that a process is started with.
///
/// What is not varied is not there.
package struct Parameters: Hashable, Sendable {
    private struct Entry: Hashable {
        let parameter: Parameter
        let value: ParameterValue
    }

    private var entries: [Entry] = []

    /// Takes what is given.
    package init(_ values: [Parameter: ParameterValue] = [:]) {
        for (parameter, value) in values { self[parameter] = value }
    }

    /// The value of a parameter; nil where it is not there.
    package subscript(_ parameter: Parameter) -> ParameterValue? {
        get { entries.first { $0.parameter == parameter }?.value }
        set {
            let entry = newValue.map { Entry(parameter: parameter, value: $0) }
            let index = entries.firstIndex { $0.parameter == parameter }
            switch (index, entry) {
            case (let index?, let entry?): entries[index] = entry
            case (let index?, nil): entries.remove(at: index)
            case (nil, let entry?):
                let later = entries.firstIndex { $0.parameter.place > parameter.place }
                entries.insert(entry, at: later ?? entries.count)
            case (nil, nil): break
            }
        }
    }

    /// Those that a process is started with.
    var setting: Parameters {
        var setting = self
        setting.entries.removeAll { !$0.parameter.isSetting }
        return setting
    }

    /// Those that it is not started with, and these instead of the others.
    func with(setting: Parameters) -> Parameters {
        var changed = self
        changed.entries.removeAll { $0.parameter.isSetting }
        for entry in setting.entries { changed[entry.parameter] = entry.value }
        return changed
    }

    /// A name that stays the same from run to run, such as `b4-i256-o256` or `t2-local`; nil if
    /// nothing is there.
    package var id: String? {
        entries.isEmpty
            ? nil : entries.map { "\($0.parameter.prefix)\($0.value)" }.joined(separator: "-")
    }
}

extension Parameters: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Parameter, ParameterValue)...) {
        for (parameter, value) in elements { self[parameter] = value }
    }
}

extension Parameter {
    /// Where it stands among all.
    fileprivate var place: Int { Self.all.firstIndex(of: self) ?? Self.all.count }

    /// Its name as a key of JSON.
    fileprivate struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ parameter: Parameter) { stringValue = parameter.name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// The settings alone, an object such as `{"threads": 2, "numa": "local"}`; a name that is not known
/// is an error.
extension Parameters: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Parameter.Key.self)
        for key in container.allKeys {
            let value = try container.decode(ParameterValue.self, forKey: key)
            self[try Parameter(key, of: [value], in: container)] = value
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Parameter.Key.self)
        for entry in entries { try container.encode(entry.value, forKey: .init(entry.parameter)) }
    }
}

extension Parameter {
    /// The setting of a key, if the values are of its kind.
    fileprivate init(
        _ key: Key, of values: [ParameterValue], in container: KeyedDecodingContainer<Key>
    ) throws {
        guard let parameter = Parameter(named: key.stringValue), parameter.isSetting else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "no setting of a point has that name")
        }
        for value in values where !parameter.takes(value) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "\"\(value)\" is no value of it")
        }
        self = parameter
    }
}

/// The axes of a grid that are settings of the machine; one without values is not varied.
package struct SettingAxes: Equatable, Sendable {
    private var lists: [Parameter: [ParameterValue]] = [:]

    package init() {}

    /// The values of an axis.
    package subscript(_ parameter: Parameter) -> [ParameterValue] {
        get { lists[parameter] ?? [] }
        set { lists[parameter] = newValue.isEmpty ? nil : newValue }
    }

    /// How many settings there are, without laying them out; nil if too many to count.
    package var settingCount: Int? {
        var count = 1
        for values in lists.values {
            let (product, overflow) = count.multipliedReportingOverflow(by: values.count)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }

    /// Every combination, the first of ``Parameter/settings`` as the outermost loop; one that is empty
    /// if nothing is varied.
    package var settings: [Parameters] {
        Parameter.settings.reduce([Parameters()]) { settings, parameter in
            let values = self[parameter]
            guard !values.isEmpty else { return settings }
            return settings.flatMap { setting in
                values.map { value in
                    var varied = setting
                    varied[parameter] = value
                    return varied
                }
            }
        }
    }
}

/// An object such as `{"threads": [1, 2]}`; what an earlier version wrote may have empty lists.
extension SettingAxes: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Parameter.Key.self)
        for key in container.allKeys {
            let values = try container.decode([ParameterValue].self, forKey: key)
            self[try Parameter(key, of: values, in: container)] = values
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Parameter.Key.self)
        for (parameter, values) in lists { try container.encode(values, forKey: .init(parameter)) }
    }
}
