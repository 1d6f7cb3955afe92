package import IDRPlan

    package init(corrected: [String], labels: String, locations: String, crops: String, features: String) {
        self.corrected = corrected
        self.labels = labels
        self.locations = locations
        self.crops = crops
        self.features = features
    }
}
