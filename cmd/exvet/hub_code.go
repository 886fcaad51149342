package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/store"
)

func hubCodeCommand() *cobra.Command {
	var data hubData
	cmd := &cobra.Command{
		Use:   "code [flags] NAME",
		Short: "Make a one-time code with which a server is enrolled",
		Long: "Code writes into the hub's database, so it runs where that can be reached; the page makes codes too, under Enrol. NAME is what\n" +
			"reports of the server are filed under, whatever they say. A code is good once, within a day.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet hub code EX01 --data /var/lib/exvet-hub",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := arguments(1, 1)(cmd, args); err != nil {
				return err
			}
			if err := access.CheckName(args[0]); err != nil {
				return err
			}
			db, err := store.Open(cmd.Context(), data.address())
			if err != nil {
				return err
			}
			code, err := access.NewCode(cmd.Context(), db, args[0], "exvet hub code")
			if closing := db.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), code)
			return err
		},
	}
	data.define(cmd.Flags())
	return cmd
}
