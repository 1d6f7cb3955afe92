#!/usr/bin/env bash
# version.sh: IDRKit's version, as Sources/IDRPlan/IDRKitVersion.swift has it.
set -euo pipefail
cd "$(dirname "$0")/.."
sed -n 's/.*static let current = "\(.*\)".*/\1/p' Sources/IDRPlan/IDRKitVersion.swift
