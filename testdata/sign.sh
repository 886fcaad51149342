#!/usr/bin/env bash
# Makes what is signed on the example server contoso: a transport agent of a vendor, and the root it leads to, as the
# registry of the server has it. The keys are thrown away. Needs mingw, openssl and osslsigncode. Run it again only to
# change what it makes: each run makes other keys.
set -euo pipefail
cd "$(dirname "$0")"
server=$PWD/evidence/contoso
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >ca.cnf <<'CNF'
[ca]
default_ca = here
[here]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
countryName = supplied
organizationName = supplied
commonName = supplied
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[code]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
CNF
touch index
certificate() { # NAME ORGANISATION COMMON-NAME KIND SIGNED-BY...
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "/C=SE/O=$2/CN=$3" -out "$1.csr"
  openssl ca -batch -notext -config ca.cnf -extensions "$4" -startdate 20250101000000Z -enddate 20500101000000Z \
    -in "$1.csr" -out "$1.pem" "${@:5}"
}
certificate root 'Example Trust' 'Example Trust Code Signing Root' root -selfsign -keyfile root.key
certificate fabrikam 'Fabrikam AB' 'Fabrikam AB' code -cert root.pem -keyfile root.key

cat >agent.c <<'C'
int entry(void) { return 1; }
C
cat >agent.rc <<'RC'
1 VERSIONINFO
FILEVERSION 7,2,0,118
PRODUCTVERSION 7,2,0,0
BEGIN
  BLOCK "StringFileInfo" BEGIN BLOCK "040904b0" BEGIN
    VALUE "CompanyName", "Fabrikam AB"
    VALUE "ProductName", "Fabrikam Archive"
    VALUE "FileDescription", "Archives messages as they pass"
    VALUE "FileVersion", "7.2.0.118"
    VALUE "ProductVersion", "7.2"
    VALUE "OriginalFilename", "Fabrikam.Archive.Agent.dll"
  END END
  BLOCK "VarFileInfo" BEGIN VALUE "Translation", 0x409, 1200 END
END
RC
x86_64-w64-mingw32-windres agent.rc agent.o
x86_64-w64-mingw32-gcc -shared -nostdlib -Os -s -Wl,-e,entry,--file-alignment=512 -o agent.dll agent.c agent.o
mkdir -p "$server/D/Fabrikam/Archive"
osslsigncode sign -certs fabrikam.pem -key fabrikam.key -in agent.dll -out signed.dll
mv signed.dll "$server/D/Fabrikam/Archive/Fabrikam.Archive.Agent.dll"

# A certificate of a store is a row of properties; number 32 is the certificate itself.
openssl x509 -in root.pem -outform DER -out root.der
length=$(printf '%08x' "$(stat -c %s root.der)")
blob="2000000001000000${length:6:2}${length:4:2}${length:2:2}${length:0:2}$(od -An -v -tx1 root.der | tr -d ' \n')"
stores='HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates'
cat >"$server/exvet/registry/roots.reg" <<REG
Windows Registry Editor Version 5.00

[$stores]

[$stores\\ROOT]

[$stores\\ROOT\\Certificates]

[$stores\\ROOT\\Certificates\\$(sha1sum root.der | cut -c1-40 | tr a-f A-F)]
"Blob"=hex:$(sed 's/../&,/g; s/,$//' <<<"$blob")
REG
