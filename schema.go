package exvet

import (
	_ "embed"
	"slices"
)

//go:embed snapshot.schema.json
var snapshotSchema []byte

//go:embed report.schema.json
var reportSchema []byte

//go:embed waivers.schema.json
var waiversSchema []byte

//go:embed probes.schema.json
var probesSchema []byte

// SnapshotSchema is the JSON Schema (draft-07) of a Snapshot with the facts of every collector. Everything is
// written in place, without references, so that OPA's type checker sees each field.
func SnapshotSchema() []byte { return slices.Clone(snapshotSchema) }

// ReportSchema is the JSON Schema (draft-07) of a Report.
func ReportSchema() []byte { return slices.Clone(reportSchema) }

// WaiversSchema is the JSON Schema (draft-07) of a file of waivers, as JSON, and of YAML and Jsonnet by their value.
func WaiversSchema() []byte { return slices.Clone(waiversSchema) }

// ProbesSchema is the JSON Schema (draft-07) of an object that holds a row of each kind of probe.
func ProbesSchema() []byte { return slices.Clone(probesSchema) }
