package import IDRPlan

extension Plan: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 2...formatVersion }
}

extension ResolvedPlan: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 2...formatVersion }
}
