package main

import (
	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
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
		schemaOf("snapshot", "what exvet collect writes and rules read as input", exvet.SnapshotSchema),
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
