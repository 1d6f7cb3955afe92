import IDRPlan
