package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"

	"github.com/exvet/exvet"
)

// IsService reports whether the service manager started this program.
func IsService() bool {
	yes, err := svc.IsWindowsService()
	return err == nil && yes
}

// RunService runs an agent for the service manager, and logs to Windows' event log.
func RunService(ctx context.Context, start Start) error {
	s := &service32{ctx: ctx, start: start}
	if err := svc.Run(serviceName, s); err != nil {
		return fmt.Errorf("agent/service: %w", err)
	}
	return s.failed
}

const serviceTitle = "exvet agent"

type service32 struct {
	ctx    context.Context
	start  Start
	failed error
}

// Execute does what the service manager asks until it says stop.
func (s *service32) Execute(_ []string, requests <-chan svc.ChangeRequest, states chan<- svc.Status) (bool, uint32) {
	states <- svc.Status{State: svc.StartPending}
	log, closeLog := eventLog()
	defer closeLog()
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.start(ctx, Options{Log: log}) }()
	running := svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	states <- running
	for {
		select {
		case s.failed = <-done:
			states <- svc.Status{State: svc.StopPending}
			if s.failed != nil {
				log.Error("the agent ended", "error", s.failed)
				return true, 1 // so that the service manager starts it again
			}
			return false, 0
		case request := <-requests:
			switch request.Cmd {
			case svc.Interrogate:
				states <- running
			case svc.Stop, svc.Shutdown:
				running = svc.Status{State: svc.StopPending, WaitHint: uint32((stopSeconds + 5) * 1000)}
				states <- running
				cancel()
			}
		}
	}
}

// InstallService makes the agent a service that starts with Windows, and is started again when it ends by mistake.
func InstallService(install Install) error {
	manager, err := connect()
	if err != nil {
		return err
	}
	defer func() { _ = manager.Disconnect() }()
	service, err := manager.CreateService(serviceName, install.Program, mgr.Config{
		DisplayName: serviceTitle, Description: serviceAbout, StartType: mgr.StartAutomatic,
	}, "agent", "run", "--service", "--config-file", install.Config)
	if errors.Is(err, windows.ERROR_SERVICE_EXISTS) {
		return exvet.Refuse("agent/installed", "the service %s is there already; exvet agent uninstall takes it away", serviceName)
	}
	if err != nil {
		return fmt.Errorf("agent/service: create %s: %w", serviceName, err)
	}
	defer func() { _ = service.Close() }()
	restart := []mgr.RecoveryAction{
		{Type: mgr.ServiceRestart, Delay: time.Minute}, {Type: mgr.ServiceRestart, Delay: 5 * time.Minute}, {Type: mgr.ServiceRestart, Delay: 15 * time.Minute},
	}
	err = errors.Join(delay(service), known(service.SetRecoveryActions(restart, uint32((24*time.Hour).Seconds()))),
		known(service.SetRecoveryActionsOnNonCrashFailures(true)))
	if err != nil {
		return undo(service, fmt.Errorf("agent/service: have %s started again: %w", serviceName, err))
	}
	if err := eventlog.InstallAsEventCreate(serviceName, eventlog.Error|eventlog.Warning|eventlog.Info); err != nil {
		_ = eventlog.Remove(serviceName)
		if err := eventlog.InstallAsEventCreate(serviceName, eventlog.Error|eventlog.Warning|eventlog.Info); err != nil {
			return undo(service, fmt.Errorf("agent/service: name %s in the event log: %w", serviceName, err))
		}
	}
	if !install.Start {
		return nil
	}
	if err := service.Start(); err != nil {
		return fmt.Errorf("agent/service: start %s: %w", serviceName, err)
	}
	return nil
}

// delay has the service start after those the machine needs.
func delay(service *mgr.Service) error {
	config, err := service.Config()
	if err != nil {
		return known(err)
	}
	config.DelayedAutoStart = true
	return known(service.UpdateConfig(config))
}

// known takes it that a Windows that does not know a setting does without.
func known(err error) error {
	if errors.Is(err, windows.ERROR_INVALID_LEVEL) {
		return nil
	}
	return err
}

func undo(service *mgr.Service, err error) error {
	return errors.Join(err, service.Delete())
}

// stopWait is how long a service may take to stop.
const stopWait = time.Minute

// UninstallService stops the service and takes it away. The agent's folder stays.
func UninstallService() error {
	manager, err := connect()
	if err != nil {
		return err
	}
	defer func() { _ = manager.Disconnect() }()
	service, err := manager.OpenService(serviceName)
	if err != nil {
		return exvet.Refuse("agent/not-installed", "there is no service %s: %w", serviceName, err)
	}
	defer func() { _ = service.Close() }()
	if err := stop(service); err != nil {
		return err
	}
	if err := service.Delete(); err != nil {
		return fmt.Errorf("agent/service: delete %s: %w", serviceName, err)
	}
	_ = eventlog.Remove(serviceName) // what it wrote stays readable
	return nil
}

// stop returns when the service has stopped and its process has ended: until then Windows lets nobody delete the program.
func stop(service *mgr.Service) error {
	state, err := service.Query()
	process, open := windows.OpenProcess(windows.SYNCHRONIZE, false, state.ProcessId)
	if open == nil {
		defer func() { _ = windows.CloseHandle(process) }()
	}
	if err == nil && state.State != svc.Stopped {
		state, err = service.Control(svc.Stop)
	}
	if err != nil && !errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		return fmt.Errorf("agent/service: stop %s: %w", serviceName, err)
	}
	end := time.Now().Add(stopWait)
	for ; state.State != svc.Stopped; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("agent/service: %s has not stopped within %s", serviceName, stopWait)
		}
		if state, err = service.Query(); err != nil {
			return fmt.Errorf("agent/service: ask %s: %w", serviceName, err)
		}
	}
	if open != nil {
		return nil // it had ended before
	}
	left := max(time.Until(end), time.Second)
	if event, err := windows.WaitForSingleObject(process, uint32(left.Milliseconds())); err != nil || event != windows.WAIT_OBJECT_0 {
		return fmt.Errorf("agent/service: the process of %s has not ended within %s", serviceName, stopWait)
	}
	return nil
}

func connect() (*mgr.Mgr, error) {
	manager, err := mgr.Connect()
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, exvet.Refuse("agent/rights", "%w; run this as administrator", err)
	}
	if err != nil {
		return nil, fmt.Errorf("agent/service: %w", err)
	}
	return manager, nil
}

// Describe says what InstallService does, for people who look first.
func Describe(install Install) string {
	return fmt.Sprintf("service %s: %q agent run --service --config-file %q; starts with Windows, delayed, as LocalSystem; messages in the Application log\n",
		serviceName, install.Program, install.Config)
}
