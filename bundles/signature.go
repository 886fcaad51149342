package bundles

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/exvet/exvet"
)

// A Signature is what the signature of an archive says of itself. Nothing in it is verified.
type Signature struct {
	KeyID     string `json:"key_id"`
	Algorithm string `json:"algorithm"`
	Scope     string `json:"scope"`

	config bundle.SignaturesConfig
}

// signatureOf reads .signatures.json, which holds one JSON Web Token.
func signatureOf(content []byte) (Signature, error) {
	var s Signature
	if err := json.Unmarshal(content, &s.config); err != nil {
		return s, fmt.Errorf("read %s: %w", signaturesFile, err)
	}
	if len(s.config.Signatures) != 1 {
		return s, fmt.Errorf("%s holds %d signatures, not one", signaturesFile, len(s.config.Signatures))
	}
	parts := strings.Split(s.config.Signatures[0], ".")
	if len(parts) != 3 {
		return s, errors.New(signaturesFile + " holds no JSON Web Token")
	}
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	var claims bundle.DecodedSignature
	for part, into := range map[string]any{parts[0]: &header, parts[1]: &claims} {
		text, err := base64.RawURLEncoding.DecodeString(part)
		if err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			return s, fmt.Errorf("%s holds no JSON Web Token: %w", signaturesFile, err)
		}
	}
	s.Algorithm, s.KeyID, s.Scope = header.Algorithm, header.KeyID, claims.Scope
	if s.KeyID == "" {
		s.KeyID = claims.KeyID
	}
	return s, nil
}

// Sign gives an archive with the key's signature in it, in place of one it had. The id is what verifiers choose the key by; the
// scope is what they must ask for, of a core bundle always CoreScope. Only a bundle that would be loaded is signed.
func Sign(ctx context.Context, name string, archive []byte, key SigningKey, id, scope string) ([]byte, error) {
	unsigned := Trust{AllowUnsigned: true}
	loaded, err := unsigned.Archive(ctx, name, archive, Either)
	if err != nil {
		return nil, err
	}
	if loaded.IsCore() {
		if scope != "" && scope != CoreScope {
			return nil, exvet.Refuse("bundle/key", "%s is a core bundle, whose scope is always %q; leave out --scope", name, CoreScope)
		}
		scope = CoreScope
	}
	plain := loaded.plain()
	claims, err := claimsFile(id, scope)
	if err != nil {
		return nil, err
	}
	defer os.Remove(claims)
	if err := plain.GenerateSignature(bundle.NewSigningConfig(key.text, key.algorithm, claims), id, false); err != nil {
		return nil, fmt.Errorf("sign %q: %w", name, err)
	}
	return pack(plain)
}

// claimsFile writes what the token says beside its list of files: OPA takes that from a file only.
func claimsFile(id, scope string) (string, error) {
	file, err := os.CreateTemp("", "exvet-claims-*.json")
	if err != nil {
		return "", err
	}
	err = json.NewEncoder(file).Encode(struct {
		KeyID string `json:"keyid,omitempty"`
		Scope string `json:"scope,omitempty"`
	}{id, scope})
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(file.Name())
	}
	return file.Name(), err
}
