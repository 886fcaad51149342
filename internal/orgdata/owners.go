package orgdata

// Owners counts the owners a bundle names at a pointer of its data: a list of entries, each with a glob for a product and who
// answers for it. What does not keep to the form is an exvet.Refusal with file and line. The policies read them; no Go does.
func Owners(source Source, pointer string, value any) (int, error) {
	r, n := &reader{source: source, reason: "owner/malformed"}, 0
	r.list(pointer, value, "owners", func(pointer string, member any) {
		entry := r.object(pointer, member, "an owner", "product", "owner")
		entry.text("product", true)
		entry.text("owner", true)
		n++
	})
	return n, r.err
}
