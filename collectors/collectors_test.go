package collectors

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

func TestSection(t *testing.T) {
	gap := exvet.Missing{Facts: []string{"x.a"}, Scope: "S", Reason: "broken", File: `C:\f`, Line: 3}
	tests := []struct {
		name  string
		facts bool
		err   error
		want  exvet.Section
	}{
		{"everything", true, nil, exvet.Section{Status: exvet.Complete, Missing: []exvet.Missing{}}},
		{"facts and gaps", true, errors.Join(gap, errors.New("denied")), exvet.Section{
			Status: exvet.Partial, Missing: []exvet.Missing{{Facts: []string{"x"}, Reason: "denied"}, gap},
		}},
		{"nothing but gaps", false, gap, exvet.Section{Status: exvet.Failed, Missing: []exvet.Missing{gap}}},
		{"evidence that holds none", false, fmt.Errorf("read: %w", exvet.ErrNoEvidence), exvet.Section{
			Status: exvet.Absent, Missing: []exvet.Missing{{Facts: []string{"x"}, Reason: "read: not in the evidence"}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := section("x", test.facts, test.err); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestRunAlone(t *testing.T) {
	tests := []struct {
		name    string
		collect func(context.Context, exvet.Host) (*Exchange, error)
		want    string
	}{
		{"a panic", func(context.Context, exvet.Host) (*Exchange, error) { panic("boom") }, "collector x failed: boom"},
		{"an endless read", func(ctx context.Context, _ exvet.Host) (*Exchange, error) {
			<-ctx.Done()
			time.Sleep(time.Hour)
			return nil, nil
		}, "collector x was stopped"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(50*time.Millisecond, cancel)
			facts, err := run(ctx, "x", Limit, func(ctx context.Context) (any, error) { return define("x", "", test.collect).collect(ctx, disk{}) })
			if facts != nil || err == nil || err.Error() != test.want {
				t.Errorf("got %v, %v; want %s", facts, err, test.want)
			}
		})
	}
}
