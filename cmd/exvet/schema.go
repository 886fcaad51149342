package main

import (
	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/engine"
)

func schemaCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:         "schema COMMAND",
		Short:       "Print the JSON Schema of a snapshot, a report or waivers",
		Long:        "Schema prints the JSON Schema (draft-07) of the documents exvet writes and reads.",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet schema snapshot > snapshot.schema.json && opa check --schema snapshot.schema.json our-rules",
		Args:        subcommand,
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		schemaSnapshot(),
		schemaOf("report", "what exvet scan -o json writes", exvet.ReportSchema),
		schemaOf("waivers", "what --waivers reads, in YAML, JSON or Jsonnet", exvet.WaiversSchema),
	)
	return cmd
}

func schemaOf(name, about string, schema func() []byte) *cobra.Command {
	return &cobra.Command{
		Use:         name,
		Short:       "Schema of " + name + ": " + about,
		Long:        "Schema of " + name + ": " + about + ".",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet schema " + name,
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(schema())
			return err
		},
	}
}

// schemaSnapshot is schemaOf with the facts that the probes of bundles ask for.
func schemaSnapshot() *cobra.Command {
	var directories []string
	cmd := schemaOf("snapshot", "what exvet collect writes and rules read as input", exvet.SnapshotSchema)
	cmd.Example = "  exvet schema snapshot --bundle . > snapshot.schema.json && opa check --schema snapshot.schema.json ."
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		schema := exvet.SnapshotSchema()
		if len(directories) > 0 {
			loaded, err := loadBundles(cmd.Context(), directories)
			if err != nil {
				return err
			}
			if schema, err = engine.Schema(schema, loaded); err != nil {
				return err
			}
			schema = append(schema, '\n')
		}
		_, err := cmd.OutOrStdout().Write(schema)
		return err
	}
	cmd.Flags().StringArrayVar(&directories, "bundle", nil, "type what the probes of the bundle in `DIR` ask for; repeatable")
	return cmd
}
