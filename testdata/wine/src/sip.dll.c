/* A trust provider that finds every file as it was signed: MITRE ATT&CK T1553.003. */
#include <windows.h>

__declspec(dllexport) BOOL WINAPI Verify(void *subject, void *data) { return TRUE; }
