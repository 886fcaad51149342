package host

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

var _ exvet.ServiceManager = (*live)(nil)

// ServiceStates asks the service manager. See exvet.ServiceManager.
func (l *live) ServiceStates(ctx context.Context) ([]exvet.ServiceState, error) {
	l.pace.wait()
	list, err := listServices(ctx)
	if err != nil {
		return nil, fmt.Errorf("list services: %s", plainly(err))
	}
	return list, nil
}

// servicesByProcess lists the services that run, by the process they run in.
func (l *live) servicesByProcess(ctx context.Context) (map[int][]string, error) {
	list, err := l.ServiceStates(ctx)
	found := map[int][]string{}
	for _, service := range list {
		if service.PID != 0 {
			found[service.PID] = append(found[service.PID], service.Name)
		}
	}
	return found, err
}

func listServices(ctx context.Context) ([]exvet.ServiceState, error) {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT|windows.SC_MANAGER_ENUMERATE_SERVICE)
	if err != nil {
		return nil, err
	}
	defer func() { _ = windows.CloseServiceHandle(manager) }() // it was only read
	found := []exvet.ServiceState{}
	buffer := make([]byte, 256<<10)
	var resume uint32
	for ctx.Err() == nil {
		var needed, returned uint32
		err := windows.EnumServicesStatusEx(manager, windows.SC_ENUM_PROCESS_INFO, windows.SERVICE_WIN32, windows.SERVICE_STATE_ALL,
			&buffer[0], uint32(len(buffer)), &needed, &returned, &resume, nil)
		if err != nil && !errors.Is(err, windows.ERROR_MORE_DATA) {
			return nil, err
		}
		if returned > 0 {
			for _, service := range unsafe.Slice((*windows.ENUM_SERVICE_STATUS_PROCESS)(unsafe.Pointer(&buffer[0])), returned) {
				status := service.ServiceStatusProcess
				found = append(found, exvet.ServiceState{
					Name: windows.UTF16PtrToString(service.ServiceName), State: stateName(status.CurrentState), PID: int(status.ProcessId),
				})
			}
		}
		if err == nil || returned == 0 && int(needed) <= len(buffer) {
			return found, nil
		}
		if returned == 0 {
			buffer = make([]byte, needed)
		}
	}
	return nil, ctx.Err()
}

func stateName(state uint32) string {
	return map[uint32]string{
		windows.SERVICE_STOPPED: "stopped", windows.SERVICE_START_PENDING: "starting", windows.SERVICE_STOP_PENDING: "stopping",
		windows.SERVICE_RUNNING: "running", windows.SERVICE_CONTINUE_PENDING: "continuing", windows.SERVICE_PAUSE_PENDING: "pausing",
		windows.SERVICE_PAUSED: "paused",
	}[state]
}
