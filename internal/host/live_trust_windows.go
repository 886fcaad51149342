package host

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

var _ exvet.TrustJudge = (*live)(nil)

// Trusts asks Windows whether it trusts the signature in a file: without questions to people, without a network, and
// without looking whether certificates were revoked. See exvet.TrustJudge.
func (l *live) Trusts(windowsPath string) (exvet.Verdict, error) {
	name, ok := exvet.FSPath(windowsPath)
	if !ok {
		return "", fmt.Errorf("%q has no drive", windowsPath)
	}
	handle, err := l.files.handle("verify", name, windows.GENERIC_READ)
	if err != nil {
		return "", err
	}
	defer func() { _ = windows.CloseHandle(handle) }() // it was only read
	native, err := l.files.native("verify", name)
	if err != nil {
		return "", err
	}
	l.pace.wait()
	file := windows.WinTrustFileInfo{FilePath: wide(native), File: handle}
	file.Size = uint32(unsafe.Sizeof(file))
	data := windows.WinTrustData{
		UIChoice: windows.WTD_UI_NONE, RevocationChecks: windows.WTD_REVOKE_NONE, UnionChoice: windows.WTD_CHOICE_FILE,
		FileOrCatalogOrBlobOrSgnrOrCert: unsafe.Pointer(&file), StateAction: windows.WTD_STATEACTION_VERIFY,
		ProvFlags: windows.WTD_CACHE_ONLY_URL_RETRIEVAL | windows.WTD_REVOCATION_CHECK_NONE,
	}
	data.Size = uint32(unsafe.Sizeof(data))
	action := windows.WINTRUST_ACTION_GENERIC_VERIFY_V2
	answer := windows.WinVerifyTrustEx(windows.InvalidHWND, &action, &data)
	data.StateAction = windows.WTD_STATEACTION_CLOSE
	_ = windows.WinVerifyTrustEx(windows.InvalidHWND, &action, &data) // it only gives back what the first took
	return verdictOf(answer)
}

// verdictOf reads an answer. What no list holds is an error.
func verdictOf(answer error) (exvet.Verdict, error) {
	if answer == nil {
		return exvet.Trusted, nil
	}
	var code syscall.Errno
	errors.As(answer, &code)
	switch windows.Handle(uint32(code)) {
	case windows.TRUST_E_NOSIGNATURE, windows.TRUST_E_SUBJECT_FORM_UNKNOWN, windows.TRUST_E_PROVIDER_UNKNOWN:
		return exvet.NotSigned, nil
	case windows.TRUST_E_BAD_DIGEST, windows.CRYPT_E_HASH_VALUE:
		return exvet.Altered, nil
	case windows.TRUST_E_EXPLICIT_DISTRUST, windows.CERT_E_REVOKED, windows.CRYPT_E_REVOKED:
		return exvet.Distrusted, nil
	case windows.CERT_E_UNTRUSTEDROOT, windows.CERT_E_CHAINING, windows.TRUST_E_SUBJECT_NOT_TRUSTED, windows.CERT_E_UNTRUSTEDTESTROOT,
		windows.CERT_E_EXPIRED, windows.CERT_E_WRONG_USAGE, windows.CERT_E_PURPOSE, windows.TRUST_E_TIME_STAMP,
		windows.TRUST_E_CERT_SIGNATURE: // of a certificate above, which it may not know how to verify
		return exvet.NotTrusted, nil
	}
	return "", fmt.Errorf("windows answers %#x", uint32(code))
}
