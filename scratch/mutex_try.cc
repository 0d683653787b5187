#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/auto_reset_event.h"
#include "sync/latch.h"
#include "sync/event.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>
#include <cstdio>
#include <chrono>
#include <cstdlib>
#include <algorithm>
#include <string>
template<class L,class U> double run(int threads, int n, L lock, U unlock){
  volatile long x=0; std::vector<std::thread> t;
  auto s=std::chrono::steady_clock::now();
  for(int i=0;i<threads;i++) t.emplace_back([&]{ for(int k=0;k<n;k++){ lock(); x=x+1; unlock(); } });
  for(auto&th:t) th.join();
  double d=std::chrono::duration<double>(std::chrono::steady_clock::now()-s).count();
  if (x!=(long)threads*n) {printf("LOST %ld\n",(long)x); abort();}
  return d/(threads*(double)n)*1e9;
}
template<class L,class U> double med(int th,int n,L l,U u){ std::vector<double> v; for(int i=0;i<5;i++) v.push_back(run(th,n,l,u)); std::sort(v.begin(),v.end()); return v[2]; }
int main(){
  for (int th : {1,2,4,16}) {
    int n = 2000000/th/ (th>1?4:1);
    std::mutex sm; absl::Mutex am; synclib::Mutex m; synclib::Semaphore s(1); std::counting_semaphore<10> ss(1);
    printf("threads %2d: std::mutex %.1f  absl %.1f  ours %.1f\n", th, med(th,n,[&]{sm.lock();},[&]{sm.unlock();}), med(th,n,[&]{am.Lock();},[&]{am.Unlock();}), med(th,n,[&]{m.lock();},[&]{m.unlock();}));
    n/=(th>1?10:1);
    printf("   semaphore: std %.1f ours %.1f\n", med(th,n,[&]{ss.acquire();},[&]{ss.release();}),med(th,n,[&]{s.Acquire();},[&]{s.Release();}));
  }
}
