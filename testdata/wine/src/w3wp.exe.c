/*
 * A worker process: loads the DLLs its arguments name and stays. `w3wp.exe -ap POOL [DLL...]`; "deny"
 * in place of a DLL lets nobody open the process. It writes a file named
 * like its pool below C:\run when it has loaded them, and ends when that file is gone, or after five minutes.
 */
#include <stdio.h>
#include <windows.h>

int wmain(int count, wchar_t **args)
{
    wchar_t name[300];
    FILE *file;
    int i;
    if (count < 3)
        return 2;
    if (count > 3 && !wcscmp(args[3], L"deny")) {
        ACL none;
        SECURITY_DESCRIPTOR nobody;
        InitializeAcl(&none, sizeof none, ACL_REVISION);
        InitializeSecurityDescriptor(&nobody, SECURITY_DESCRIPTOR_REVISION);
        SetSecurityDescriptorDacl(&nobody, TRUE, &none, FALSE);
        if (!SetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, &nobody))
            return 5;
        count = 3;
    }
    for (i = 3; i < count; i++)
        if (!LoadLibraryW(args[i]))
            return 3;
    _snwprintf(name, 300, L"C:\\run\\%ls-%lu", args[2], GetCurrentProcessId());
    file = _wfopen(name, L"w");
    if (!file)
        return 4;
    fclose(file);
    for (i = 0; i < 3000 && GetFileAttributesW(name) != INVALID_FILE_ATTRIBUTES; i++)
        Sleep(100);
    return 0;
}
