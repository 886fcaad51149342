package main
import ("os";"fmt")
func main(){ b,err:=snapshot("policies/fixtures/healthy/snapshot.json", 1<<20, 1); fmt.Println(len(b),err); os.WriteFile("/tmp/release/x/1.json",b,0o644)
 b,_=snapshot("policies/fixtures/healthy/snapshot.json", 9<<20, 1); os.WriteFile("/tmp/release/x/9.json",b,0o644)
 for _,n:=range []int{60,240} { s,err:=writeRules("policies", fmt.Sprintf("/tmp/release/x/r%d",n), n); fmt.Println(s,err)} }
