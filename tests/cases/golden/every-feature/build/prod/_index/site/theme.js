"use strict";
{
const KEY="leaderboards.theme";
const system=matchMedia("(prefers-color-scheme: dark)");
const root=document.documentElement;
let choice=null;
try{
choice=localStorage.getItem(KEY);
}catch{}
const pickTheme=()=>{
const{embed}=root.dataset;
if(embed==="light"||embed==="dark")return embed;
if(choice==="light"||choice==="dark")return choice;
return system.matches?"dark":"light";
};
const pickOpposite=()=>(pickTheme()==="dark"?"light":"dark");
const showTheme=()=>{
const shown=new URLSearchParams(location.hash.slice(1));
for(const name of["embed","clear"]){
const value=shown.get(name);
if(value===null)delete root.dataset[name];
else root.dataset[name]=value;
}
root.dataset.theme=pickTheme();
document.getElementById("theme")?.setAttribute("aria-label",`Switch to the ${pickOpposite()} theme`);
};
const switchTheme=()=>{
choice=pickOpposite();
try{
localStorage.setItem(KEY,choice);
}catch{}
showTheme();
};
showTheme();
system.addEventListener("change",showTheme);
addEventListener("hashchange",showTheme);
document.addEventListener("DOMContentLoaded",()=>{
showTheme();
document.getElementById("theme")?.addEventListener("click",switchTheme);
});
}
