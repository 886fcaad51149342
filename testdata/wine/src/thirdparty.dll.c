/* A DLL of somebody else. */
#include <windows.h>

BOOL WINAPI DllMain(HINSTANCE library, DWORD reason, void *reserved) { return TRUE; }

__declspec(dllexport) int Version(void) { return 1; }
