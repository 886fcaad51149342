package host

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const testKey = `SOFTWARE\exvet test`

func TestLiveRegistry(t *testing.T) {
	key, _, err := registry.CreateKey(registry.LOCAL_MACHINE, testKey, registry.ALL_ACCESS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = registry.DeleteKey(registry.LOCAL_MACHINE, testKey) }()
	defer key.Close()
	large := strings.Repeat("x", 20_000)
	for _, err := range []error{
		key.SetStringValue("Text", "a"), key.SetStringValue("Large", large), key.SetDWordValue("Number", 7),
		key.SetStringsValue("Texts", []string{"a", "b"}), key.SetStringValue("", "default"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	server := openLive(t)
	got, err := server.Registry().Key(`hklm\software\EXVET TEST`)
	if err != nil {
		t.Fatal(err)
	}
	number, _ := got.Value("number")
	n, _ := number.Number()
	texts, _ := got.Value("Texts")
	if got.Text("text") != "a" || got.Text("large") != large || n != 7 || !slices.Equal(texts.Texts(), []string{"a", "b"}) || got.Text("") != "default" {
		t.Errorf("got %+v", got)
	}
	if age := time.Since(got.Written); age < -time.Minute || age > time.Hour {
		t.Errorf("written %v", got.Written)
	}
	tests := []struct {
		path string
		err  error
	}{
		{`HKLM\SOFTWARE\exvet no such key`, fs.ErrNotExist},
		{`HKCR\exvet`, fs.ErrNotExist},
		{`HKLM\SYSTEM\CurrentControlSet\Services`, nil},
		{`HKU\S-1-5-18`, nil},
		{`HKU\S-1-5-18\exvet no such key`, fs.ErrNotExist},
		{`HKU`, nil},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			key, err := server.Registry().Key(test.path)
			if !errors.Is(err, test.err) || (key == nil) != (test.err != nil) {
				t.Errorf("got %v, %v; want %v", key, err, test.err)
			}
		})
	}
	users, _ := server.Registry().Key("HKU")
	if !slices.Contains(users.Keys, "S-1-5-18") || slices.Contains(users.Keys, ".DEFAULT") {
		t.Errorf("got accounts %v", users.Keys)
	}
}

// TestLiveRegistryDenied reads a key that lets nobody in.
func TestLiveRegistryDenied(t *testing.T) {
	const path = `SOFTWARE\exvet test denied`
	key, _, err := registry.CreateKey(registry.LOCAL_MACHINE, path, registry.ALL_ACCESS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = registry.DeleteKey(registry.LOCAL_MACHINE, path) }()
	defer key.Close()
	for _, allowed := range []bool{false, true} {
		if err := permit(key, allowed); err != nil {
			t.Fatal(err)
		}
		found, err := openLive(t).Registry().Key(`HKLM\` + path)
		if allowed != (err == nil) || allowed != (found != nil) || !allowed && (!strings.Contains(err.Error(), "access is denied") || errors.Is(err, fs.ErrNotExist)) {
			t.Errorf("where that is allowed, which is %v: got %v, %v", allowed, found, err)
		}
	}
}

// permit lets everybody into a key, or nobody.
func permit(key registry.Key, all bool) error {
	nobody, err := windows.SecurityDescriptorFromString("D:P")
	if err != nil {
		return err
	}
	list, _, err := nobody.DACL()
	if err != nil {
		return err
	}
	if all {
		list = nil
	}
	return windows.SetSecurityInfo(windows.Handle(key), windows.SE_REGISTRY_KEY, windows.DACL_SECURITY_INFORMATION, nil, nil, list, nil)
}

// deny lets nobody into a key below HKLM any more.
func deny(path string) error {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.ALL_ACCESS)
	if err != nil {
		return err
	}
	return errors.Join(permit(key, false), key.Close())
}
