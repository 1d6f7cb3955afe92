package import IDRPlan

/// The steps by the names that people read.
extension Step {
    package static let input = Step("input")
    package static let correct = Step("correct")
    package static let segment = Step("segment")
    package static let locate = Step("locate")
    package static let crop = Step("crop")
    package static let profile = Step("profile")
}
