package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/store"
)

func hubUserCommand() *cobra.Command {
	var data hubData
	var role string
	cmd := &cobra.Command{
		Use:   "user [flags] NAME",
		Short: "Add a user of the page, or give one a new password",
		Long: "User writes into the hub's database: the way in when nobody can log in. It prints a new password. Somebody who is there already\n" +
			"gets that password and --role, may log in again, and its sessions end.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet hub user admin --role admin --data /var/lib/exvet-hub",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := arguments(1, 1)(cmd, args); err != nil {
				return err
			}
			if !access.Role(role).May(access.Viewer) {
				return exvet.Refuse("hub/role", "unknown role %q: use viewer, operator or admin", role)
			}
			if err := access.CheckName(args[0]); err != nil {
				return err
			}
			db, err := store.Open(cmd.Context(), data.address())
			if err != nil {
				return err
			}
			password, err := setUser(cmd.Context(), db, args[0], access.Role(role))
			if closing := db.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), password)
			return err
		},
	}
	data.define(cmd.Flags())
	cmd.Flags().StringVar(&role, "role", "viewer", "`viewer|operator|admin`")
	return cmd
}

func setUser(ctx context.Context, db *store.DB, name string, role access.Role) (string, error) {
	password := access.NewPassword()
	user, err := db.UserNamed(ctx, name)
	if err != nil {
		return "", err
	}
	if user == nil {
		_, err := access.AddUser(ctx, db, name, role, password, false)
		return password, err
	}
	if user.Origin != store.OriginLocal {
		return "", exvet.Refuse("hub/user", "%q comes from %s, which keeps its password", name, user.Origin)
	}
	if user.Password, err = access.Hash(password); err != nil {
		return "", err
	}
	user.Role, user.Disabled = string(role), false
	return password, db.ChangeUser(ctx, *user)
}
