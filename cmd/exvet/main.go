// Command exvet vets third-party integrations on Microsoft Exchange Server.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
