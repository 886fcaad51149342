// What makes the bundle of an organisation, or of one role of its servers. Every argument but the directory has a default.
//
// directory   holds org/<name>/, relative to the recipe
// rules       ids of the rules to take, as globs; one that fits no rule is an error
// except      ids of rules to leave out, as globs
// settings, waivers, probes   are added to those in the directory
// serial      rises with each that is published; 0 leaves it to the directory's .manifest or the time of building
// revision    what people call this version
// minEngine   lowest version of exvet; '' is that which builds it
// notAfter    must not be taken into use later: '2027-01-01T00:00:00Z'
{
  bundle(
    directory,
    rules=['*'],
    except=[],
    settings={},
    waivers=[],
    probes=[],
    serial=0,
    revision='',
    minEngine='',
    notAfter=''
  ):: {
    directory: directory,
    rules: rules,
    except: except,
    settings: settings,
    waivers: waivers,
    probes: probes,
    serial: serial,
    revision: revision,
    min_engine: minEngine,
    not_after: notAfter,
  },
}
