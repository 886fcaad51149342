package exvet

import (
	_ "embed"
	"slices"
)

//go:embed snapshot.schema.json
var snapshotSchema []byte

//go:embed report.schema.json
var reportSchema []byte

// SnapshotSchema is the JSON Schema (draft-07) of a Snapshot with the facts of every collector. Everything is
// written in place, without references, so that OPA's type checker sees each field.
func SnapshotSchema() []byte { return slices.Clone(snapshotSchema) }

// ReportSchema is the JSON Schema (draft-07) of a Report.
func ReportSchema() []byte { return slices.Clone(reportSchema) }
