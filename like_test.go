package exvet

import "testing"

func TestLike(t *testing.T) {
	for _, test := range []struct {
		glob, name string
		want       bool
	}{
		{"Acme Gate", "acme gate", true}, {"acme*", "Acme Gate", true}, {"*gate", "Acme Gate", true}, {"a*m*e", "Acme Gate", true},
		{"a*x*e", "Acme Gate", false}, {"gate", "Acme Gate", false}, {"*", "x", true}, {"ab*bc", "abc", false}, {"[", "[", true},
	} {
		if got := Like(test.glob, test.name); got != test.want {
			t.Errorf("Like(%q, %q) = %t", test.glob, test.name, got)
		}
	}
}
