extension CellProfiler {
    /// What a feature is counted in.
    package enum Unit: String, Sendable, Codable {
        case pixels
        case squarePixels = "square pixels"
        /// Of the brightest that the image could hold; see ``Channel``.
        case fullScale = "of full scale"
    }

    /// A number that is measured of every object.
    package struct Feature: Sendable, Hashable {
        /// CellProfiler's name; `<channel>` stands for a channel's name where the feature is measured in each.
        package let name: String
        package let unit: Unit
        /// What it is, in a sentence without its end.
        package let description: String

        /// The name of the feature's column, for `channel` if it is one of a channel.
        package func columnName(channel: String? = nil) -> String {
            channel.map { name.replacing(Self.placeholder, with: $0) } ?? name
        }

        private static let placeholder = "<channel>"
    }

    /// Declares a feature, and which of the values that its family computes for an object it is.
    struct Entry<Measured: Sendable>: Sendable {
        let feature: Feature
        let value: @Sendable (Measured) -> Double

        init(_ name: String, in unit: Unit, _ description: String, value: @escaping @Sendable (Measured) -> Double) {
            feature = Feature(name: name, unit: unit, description: description)
            self.value = value
        }
    }

    /// Features that are computed together.
    struct Family: Sendable {
        let features: [Feature]
        private let values: Values

        /// Gives `[feature][object]`.
        private enum Values: Sendable {
            case ofObjects(@Sendable (MeasuredObjects) -> [[Double]])
            case inChannel(@Sendable (MeasuredObjects, Channel) -> [[Double]])
        }

        /// Features of the objects alone; `measure` gives one element for each object, in their order.
        static func ofObjects<Measured>(
            _ entries: [Entry<Measured>], measure: @escaping @Sendable (MeasuredObjects) -> [Measured]
        ) -> Family {
            Family(features: entries.map(\.feature), values: .ofObjects { columns(entries, measure($0)) })
        }

        /// Features in each channel, with `<channel>` in their names; `measure` as in ``ofObjects(_:measure:)``.
        static func inChannels<Measured>(
            _ entries: [Entry<Measured>], measure: @escaping @Sendable (MeasuredObjects, Channel) -> [Measured]
        ) -> Family {
            Family(features: entries.map(\.feature), values: .inChannel { columns(entries, measure($0, $1)) })
        }

        private static func columns<Measured>(_ entries: [Entry<Measured>], _ measured: [Measured]) -> [[Double]] {
            entries.map { measured.map($0.value) }
        }

        func columnNames(channels: [String]) -> [String] {
            switch values {
            case .ofObjects: features.map { $0.columnName() }
            case .inChannel: channels.flatMap { channel in features.map { $0.columnName(channel: channel) } }
            }
        }

        func columns(of objects: MeasuredObjects, in channels: [Channel]) -> [Measurements.Column] {
            switch values {
            case .ofObjects(let measure):
                zip(features, measure(objects)).map { .init(name: $0.columnName(), feature: $0, values: $1) }
            case .inChannel(let measure):
                channels.flatMap { channel in
                    zip(features, measure(objects, channel)).map {
                        .init(name: $0.columnName(channel: channel.name), feature: $0, values: $1)
                    }
                }
            }
        }
    }
}
