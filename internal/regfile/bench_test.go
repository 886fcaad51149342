package regfile_test

import (
	"testing"

	"github.com/exvet/exvet/internal/regfile"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

// BenchmarkHive opens a hive and reads every key and value of it.
func BenchmarkHive(b *testing.B) {
	data := regtest.Hive(sample())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		hive, err := regfile.OpenHive(data)
		if err != nil {
			b.Fatal(err)
		}
		left := 1 << 20
		walk(hive, nil, &left)
	}
}
