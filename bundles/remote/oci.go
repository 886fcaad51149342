package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/exvet/exvet"
)

// artifactType says what a manifest in a registry is for. The layer has the media type OPA looks for.
const (
	artifactType = "application/vnd.exvet.bundle.v1"
	layerType    = v1.MediaTypeImageLayerGzip
	maxManifest  = 1 << 20
)

// repository opens the repository an address names, with the credentials docker login leaves behind.
func (o Options) repository(at *url.URL) (*remote.Repository, error) {
	if at.User != nil {
		return nil, exvet.Refuse("bundle/address", "%s holds credentials; for a registry they come from docker login", at.Redacted())
	}
	name := at.Host + at.Path
	reference, err := registry.ParseReference(name)
	if err != nil || reference.Reference == "" {
		return nil, exvet.Refuse("bundle/address", "%q is no reference to an artefact; write oci://HOST/REPOSITORY:TAG", "oci://"+name)
	}
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, err
	}
	client := &auth.Client{Client: o.client(), Cache: auth.NewCache()}
	client.SetUserAgent("exvet/" + exvet.Version)
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, fmt.Errorf("read docker's configuration: %w", err)
	}
	client.Credential = credentials.Credential(store)
	repository.Client = client
	repository.PlainHTTP = o.PlainHTTP || loopback(at.Hostname()) && o.Roots == nil
	repository.MaxMetadataBytes = maxManifest
	return repository, nil
}

func (o Options) pull(ctx context.Context, at *url.URL) ([]byte, error) {
	repository, err := o.repository(at)
	if err != nil {
		return nil, err
	}
	_, raw, err := oras.FetchBytes(ctx, repository, repository.Reference.Reference, oras.FetchBytesOptions{MaxBytes: maxManifest})
	if err != nil {
		return nil, answered(err)
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, exvet.Refuse("bundle/archive", "%s has a manifest that is not JSON: %w", at.Redacted(), err)
	}
	layer := slices.IndexFunc(manifest.Layers, func(d v1.Descriptor) bool { return d.MediaType == layerType })
	if layer < 0 {
		return nil, exvet.Refuse("bundle/archive", "%s is no bundle: it has no layer of type %s", at.Redacted(), layerType)
	}
	if manifest.Layers[layer].Size > o.Limit {
		return nil, errTooLarge
	}
	bundle, err := content.FetchAll(ctx, repository, manifest.Layers[layer])
	return bundle, answered(err)
}

func (o Options) push(ctx context.Context, at *url.URL, bundle []byte, label Label) (string, error) {
	repository, err := o.repository(at)
	if err != nil {
		return "", err
	}
	tag := repository.Reference.Reference
	if strings.Contains(at.Path, "@") {
		return "", exvet.Refuse("bundle/address", "%s names a digest, which nothing is published as; name a tag", at.Redacted())
	}
	layer := content.NewDescriptorFromBytes(layerType, bundle)
	layer.Annotations = map[string]string{v1.AnnotationTitle: "bundle.tar.gz"}
	if err := repository.Push(ctx, layer, bytes.NewReader(bundle)); err != nil {
		return "", answered(err)
	}
	packed, err := oras.PackManifest(ctx, repository, oras.PackManifestVersion1_1, artifactType, oras.PackManifestOptions{
		Layers: []v1.Descriptor{layer},
		ManifestAnnotations: map[string]string{
			v1.AnnotationCreated: label.BuiltAt.UTC().Format(time.RFC3339),
			v1.AnnotationTitle:   label.Name, v1.AnnotationVersion: label.Revision,
		},
	})
	if err == nil {
		err = repository.Tag(ctx, packed, tag)
	}
	if err != nil {
		return "", answered(err)
	}
	return "oci://" + repository.Reference.Registry + "/" + repository.Reference.Repository + "@" + packed.Digest.String(), nil
}

// answered turns a registry's answer into a status.
func answered(err error) error {
	if response := (*errcode.ErrorResponse)(nil); errors.As(err, &response) {
		return status(response.StatusCode)
	}
	switch {
	case errors.Is(err, errdef.ErrNotFound):
		return status(http.StatusNotFound)
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		return status(http.StatusUnauthorized)
	}
	return err
}
