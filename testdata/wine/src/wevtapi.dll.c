/*
 * The event log service as far as exvet asks it, over C:\events\<log>.xml: one event a line, a slash in the name of a
 * log written as %4, as Windows writes it. XPath is not evaluated: every event is given, as a service might that
 * knows less. A log without a file is one the server has not; a file that begins with "denied" may not be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define EVENTS 100000
#define NOT_FOUND 15007

struct result {
    int query; /* 1: a result, 0: an event */
    char *text;
    char **lines;
    int count, next, step;
};

static char *whole(const wchar_t *name)
{
    FILE *file = _wfopen(name, L"rb");
    long size;
    char *text;
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    text = calloc(1, size + 1);
    size = (long)fread(text, 1, size, file);
    text[size] = 0;
    fclose(file);
    return text;
}

__declspec(dllexport) HANDLE WINAPI EvtQuery(HANDLE session, const wchar_t *path, const wchar_t *query, DWORD flags)
{
    wchar_t name[512] = L"C:\\events\\";
    size_t at = wcslen(name);
    struct result *found;
    char *line;
    for (; *path && at < 500; path++) {
        if (*path == '/') {
            name[at++] = '%';
            name[at++] = '4';
        } else {
            name[at++] = *path;
        }
    }
    wcscpy(name + at, L".xml");
    found = calloc(1, sizeof *found);
    found->query = 1;
    found->text = whole(name);
    if (!found->text) {
        free(found);
        SetLastError(NOT_FOUND);
        return NULL;
    }
    if (!strncmp(found->text, "denied", 6)) {
        free(found->text);
        free(found);
        SetLastError(ERROR_ACCESS_DENIED);
        return NULL;
    }
    found->lines = calloc(EVENTS, sizeof *found->lines);
    for (line = strtok(found->text, "\n"); line && found->count < EVENTS; line = strtok(NULL, "\n"))
        found->lines[found->count++] = line;
    found->step = flags & 0x200 ? -1 : 1;
    found->next = found->step < 0 ? found->count - 1 : 0;
    return found;
}

__declspec(dllexport) BOOL WINAPI EvtNext(HANDLE handle, DWORD size, HANDLE *events, DWORD timeout, DWORD flags, DWORD *returned)
{
    struct result *found = handle;
    *returned = 0;
    while (*returned < size && found->next >= 0 && found->next < found->count) {
        struct result *event = calloc(1, sizeof *event);
        event->text = found->lines[found->next];
        found->next += found->step;
        events[(*returned)++] = event;
    }
    if (*returned)
        return TRUE;
    SetLastError(ERROR_NO_MORE_ITEMS);
    return FALSE;
}

__declspec(dllexport) BOOL WINAPI EvtRender(HANDLE context, HANDLE handle, DWORD flags, DWORD size, void *buffer, DWORD *used, DWORD *properties)
{
    struct result *event = handle;
    int letters = MultiByteToWideChar(CP_UTF8, 0, event->text, -1, NULL, 0);
    *used = letters * sizeof(wchar_t);
    *properties = 0;
    if (*used > size) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return FALSE;
    }
    MultiByteToWideChar(CP_UTF8, 0, event->text, -1, buffer, letters);
    return TRUE;
}

__declspec(dllexport) BOOL WINAPI EvtClose(HANDLE handle)
{
    struct result *found = handle;
    if (found->query) {
        free(found->text);
        free(found->lines);
    }
    free(found);
    return TRUE;
}
