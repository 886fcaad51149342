package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

func hubBackupCommand() *cobra.Command {
	var data hubData
	var output string
	cmd := &cobra.Command{
		Use:   "backup [flags]",
		Short: "Write all a hub knows to one file",
		Long: "Backup reads the database as it is at one moment, while hubs go on writing. The file holds every table, also in another kind of\n" +
			"database when it is restored; it holds secrets, and only its owner may read it. Certificates and bundles lie in --data.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet hub backup --data /var/lib/exvet-hub --output hub-2026-11-24.backup",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := arguments(0, 0)(cmd, args); err != nil {
				return err
			}
			if output == "" {
				return exvet.Refuse("usage/output", "--output names no file; write --output FILE")
			}
			db, err := store.Open(cmd.Context(), data.address())
			if err != nil {
				return err
			}
			rows, err := backUp(cmd, db, output)
			if closing := db.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return err
			}
			complain(cmd.ErrOrStderr(), fmt.Sprintf("%d rows are in %s", rows, output))
			return nil
		},
	}
	data.define(cmd.Flags())
	cmd.Flags().StringVar(&output, "output", "", "write to `FILE`")
	return cmd
}

func backUp(cmd *cobra.Command, db *store.DB, output string) (int, error) {
	temporary := output + ".part"
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("write a backup: %w", err)
	}
	rows, err := db.Backup(cmd.Context(), file)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary, output)
	}
	if err != nil {
		os.Remove(temporary)
		return 0, fmt.Errorf("write a backup: %w", err)
	}
	return rows, nil
}
